"""The closed list of things the procedural world can show and say.

Every name here can be drawn by the scene builder and can be said by the caption writer.
Spec: specs/world-and-evaluation.md section 4.3.
"""

PEOPLE = ("woman", "man", "child")
ANIMALS = ("dog", "cat", "bird")
VEHICLES = ("car", "truck", "bus", "bicycle", "boat")
SEA_LIFE = ("fish", "turtle", "jellyfish", "seahorse", "octopus")
TOY_SHAPES = ("ball", "box", "cylinder", "cone")
THINGS = ("robot", "balloon", "kite", "snowman", "sign")

KINDS = PEOPLE + ANIMALS + VEHICLES + SEA_LIFE + TOY_SHAPES + THINGS
"""All 25 kinds of object that a sentence can name as a subject."""

COLOURS = (
    "red", "orange", "yellow", "green", "blue", "purple",
    "pink", "white", "black", "brown", "cyan", "gold",
)  # fmt: skip
"""Twelve colours that are at least 20 apart in CIELAB. For people it is the colour of the coat."""

SIZES = ("small", "medium", "large")
PATTERNS = ("plain", "stripe", "check")

ACTIONS = (
    "walk", "run", "stand", "turn", "jump", "bounce", "roll", "drive", "fall", "rise", "spin",
    "leave", "return", "pass_front", "pass_behind", "collide", "follow", "swim", "circle", "wave",
    "fly", "float",
)  # fmt: skip
TARGET_ACTIONS = frozenset({"pass_front", "pass_behind", "collide", "follow", "circle"})
"""Actions that need another subject (`SubjectSpec.target`)."""
STILL_ACTIONS = frozenset({"stand", "turn", "jump", "spin", "wave", "fall", "rise"})
"""Actions that do not travel along the ground: their direction is always "none"."""

DIRECTIONS = ("left", "right", "toward", "away", "none")
"""Direction in the picture: "toward" is towards the camera."""

RELATIONS = ("left_of", "right_of", "in_front_of", "behind", "next_to", "on_top_of")
"""Where a subject stands seen from the camera, relative to another subject (frame 0)."""

EXTRAS = ("hat", "bag", "umbrella", "scarf")
"""What a person may wear or carry."""

SETTINGS = (
    "cherry_alley", "neon_street", "reef", "road", "park", "toys", "snow_town", "beach",
)  # fmt: skip
WEATHERS = ("clear", "snow", "rain", "petals", "petals_snow", "fog", "leaves", "bubbles")
"""What is in the air (in the water: "bubbles"). "petals_snow" is both at once."""
TIMES_OF_DAY = ("day", "dusk", "night", "dawn")
STYLES = ("lowpoly", "paper", "toon", "clay", "pastel", "film")

CAMERA_MOVES = (
    "static", "pan_left", "pan_right", "tilt_up", "tilt_down", "dolly_in", "dolly_out",
    "orbit_left", "orbit_right", "follow", "crane_up", "handheld",
)  # fmt: skip

SCRIPTS = ("leave_return", "truck_sign", "couple_walk", "shots")
"""Scenes with their own staging; a spec without a script is staged from its actions alone.

leave_return: subject 0 goes out of the picture and comes back, the same one.
truck_sign:   subject 0 (a vehicle) drives across in front of subject 1 (a sign) and uncovers it.
couple_walk:  subjects 0 and 1 (people) walk side by side, seen from behind when they go "away".
shots:        several shots with hard cuts; `SceneSpec.shots` says which subjects each one shows.
"""

MAX_SUBJECTS = 4
MAX_COUNT = 6
"""Training shows at most 4 equal objects; 5 and 6 are the held-out `count` split."""
