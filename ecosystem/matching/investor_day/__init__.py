"""Plan an investor day: who meets whom, when and at which table.

What a page or a command uses:

===================  =============================================================================
``model``            the day as the organiser says it (:class:`model.Day`), a plan of it
                     (:class:`model.Plan`), and the order of the aims (:data:`model.AIMS`)
``verify``           :func:`verify.verify` (day, plan): every constraint that a plan breaks, in
                     words; nothing is shown or written that it finds at fault
``measures``         :func:`measures.measure` (day, plan): total match, wishes met, gaps, fairness
``workbook``         the one document: :func:`workbook.template`, :func:`workbook.read`,
                     :func:`workbook.write`; a fault names sheet and cell
``solver``           :func:`solver.solve` (day): the plan, with what is proven of each aim
                     (:class:`solver.Proof`); impossible, a smallest set of facts that contradict
``planner``          :func:`planner.start` (day, seconds, previous=plan) gives a
                     :class:`planner.Job`, the same in a process of its own: ``job.look()``
                     says stage, step, best plan so far and proofs at once; ``job.stop()`` takes
                     the best; ``job.close()`` ends it
``results``          :func:`results.proof_words`: what is proven of an aim, in words
``changes``          :func:`changes.changes` (before, after): what changed for whom
===================  =============================================================================

No participant is stored anywhere but in the workbook.
"""
