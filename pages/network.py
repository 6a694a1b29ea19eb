import streamlit as st

from ecosystem.ui import network_view

chosen = network_view.choice()
st.title("Network of regions", anchor=False)
network_view.introduction(chosen)
network_view.controls(chosen)
if chosen.show == "bodies":
    network_view.bodies()
else:
    network_view.map_and_reason(chosen)
    network_view.measures(chosen)
    network_view.table(chosen)
