"""The command; see :mod:`benchmarks.peers.measure`."""

from benchmarks.peers.measure import main

main()
