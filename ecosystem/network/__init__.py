"""Who works with whom: partnerships, links between regions, partner finding, specialisation."""
