import streamlit as st

from ecosystem.ui import glossary

st.title("Glossary", anchor=False)
st.write("What the words on this site mean here.")
glossary.words()
