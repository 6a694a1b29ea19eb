"""Where things are: towns, regions, valleys."""
