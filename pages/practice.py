from ecosystem.ui import practices

practices.page()
