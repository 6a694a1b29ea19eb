from ecosystem.ui import accessibility

accessibility.statement()
