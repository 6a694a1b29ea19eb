"""Who fits whom: scores of pairs, and cohorts chosen under limits."""
