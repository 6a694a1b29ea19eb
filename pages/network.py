import streamlit as st

from ecosystem.common.glossary import explain_all
from ecosystem.ui import network_view

chosen = network_view.choice()
st.title(
    "Network of regions",
    anchor=False,
    help=explain_all("valley", "partnership", "network-body", "domain"),
)
network_view.introduction(chosen)
network_view.controls(chosen)
if chosen.show == "bodies":
    network_view.bodies()
else:
    network_view.map_and_reason(chosen)
    network_view.measures(chosen)
    network_view.table(chosen)
