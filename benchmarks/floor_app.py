"""An empty page: as many elements and containers as its address names, and nothing to work out."""

import streamlit as st

for _ in range(int(st.query_params.get("blocks", "0"))):
    st.container()
for _ in range(int(st.query_params.get("elements", "1"))):
    st.markdown("Nothing")
