"""The attacks that the site has to withstand, as tests: on one running server, by HTTP alone.

Here stands what isn't tested elsewhere. The rest of the list, and where it is:

- 62 path tricks, 640 parameters: ``tests/attack/test_requests.py``; in Chromium, where scripts
  would run, ``tests/browser/test_hostile.py``.
- 13 forged cookies, odd origins: ``tests/attack/test_requests.py`` on the wire; one by one
  ``tests/ecosystem/ui/test_streamlit_internals.py`` and ``tests/etl/test_sign_ins.py``.
- Workbook bombs: ``tests/etl/reading/test_corpus.py`` (zip bomb, entities, repeated and far cells,
  a million rows), ``tests/etl/reading/test_scan.py`` (shared texts, binary and old workbooks, tags
  without end), and for organisers ``tests/ecosystem/matching/investor_day/test_workbook.py``.
- Stored scripts: ``tests/browser/test_hostile.py`` (every page, map, downloads),
  ``tests/ecosystem/web/test_feeds.py``, ``tests/ecosystem/brief/test_brief.py``.
- Full disk: ``tests/etl/release/test_shelf.py`` (at every step), ``tests/etl/inbox/test_store.py``,
  ``tests/etl/test_files.py``, ``tests/etl/release/test_adopt.py``,
  ``tests/pages/test_secretariat.py``.
- A disk that can't be written: ``tests/attack/test_requests.py`` (the site goes on),
  ``tests/etl/release/test_shelf.py`` (a refresh says so).
- Damaged releases: ``tests/ecosystem/common/test_store.py``, ``tests/pages/test_damage.py``,
  ``tests/etl/test_backup.py``.
- Clock jumps: ``tests/attack/test_clock.py``, ``tests/etl/release/test_shelf.py``,
  ``tests/etl/test_sign_ins.py``, ``tests/etl/test_doctor.py``.
- Killed processes: ``tests/etl/test_kills.py``.
- Broken files at random: ``python -m tests.fuzz``.
"""
