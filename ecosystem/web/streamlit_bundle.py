"""What of Streamlit's own scripts the site changes when it serves them: how a choice is found.

A box of choices matches what is typed letter by letter, with letters between: "koln" doesn't
find Köln but "East Yorkshire and Northern Lincolnshire". No setting of Streamlit folds accents and
hyphens, so the function that filters the options asks the site's first
(``window.cyberValleysChoices`` in ``ecosystem/ui/assets/site.js``). Where it isn't found, as in
another version of Streamlit, the boxes match as Streamlit's do.
"""

from __future__ import annotations

import re

# function xn(options,typed){if(!typed)return options;let ...
_FILTER = re.compile(
    rb"(function \w+\((?P<options>\w+),(?P<typed>\w+)\)\{if\(!(?P=typed)\)return (?P=options);)"
    rb"(?=let \w+=(?P=options)\.filter\(\w+=>\w+\((?P=typed),\w+\.label\)\))"
)
_ASK = (
    rb"\1if(globalThis.cyberValleysChoices)"
    rb"return globalThis.cyberValleysChoices(\g<options>,\g<typed>);"
)


def adapt(script: bytes) -> bytes:
    """A script of the bundle as the site serves it; as it is where there is nothing to change."""
    return _FILTER.sub(_ASK, script)
