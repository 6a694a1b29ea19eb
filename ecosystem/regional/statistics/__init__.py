"""Regional statistics: pure functions, a frame in and a frame out.

One module a concept, so that a measure is found by its name:

========================  ==================================================================
``counts``                organisations per region, per inhabitant and per km²; where all start
``specialisation``        location quotients with an interval; what a region is specialised in
``diversity``             effective number of domains, Herfindahl-Hirschman index
``completeness``          which of the six roles are there; coverage of the NIST functions
``similarity``            regions alike in profile; what one region would add to another
``peers``                 regions alike in size, wealth, research and education
``presence``              share of regions with at least one organisation of a kind
``concentration``         how unevenly organisations are spread over the map
``ranking``               ranks in which ties share a place
``words``                 the numbers in plain English
========================  ==================================================================

Two layers. :func:`counts.from_groups` makes :class:`counts.RegionCounts` from what SQL's
``GROUP BY`` returns; every measure takes its matrices, so its cost depends on the number of
regions and never on the number of organisations.

A *region* here is any unit that organisations are counted in: a NUTS region of any level or a
valley. No value is no value: a gap stays ``NaN`` or ``NA``, never zero and never a guess.
"""
