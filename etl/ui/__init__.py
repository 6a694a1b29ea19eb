"""Streamlit code of what writes: the suggestion form and the secretariat's page."""
