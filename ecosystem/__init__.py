"""The domain: reads the published database and answers questions about it.

Nothing here writes, and nothing outside :mod:`ecosystem.ui` imports Streamlit.
"""
