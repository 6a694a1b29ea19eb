"""Charts, symbols and pictures as data; nothing here knows Streamlit."""
