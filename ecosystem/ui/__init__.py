"""The only Streamlit code outside the pages: state, panel, map, cards, charts, frame."""
