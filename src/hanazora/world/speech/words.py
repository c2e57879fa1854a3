"""The words for every name of the vocabulary: synonyms, British and American, short and long.

The first phrase of each list is the plain one; it is never held out (see `splits.py`). In verb
phrases `*` marks a verb to conjugate, `{d}` the place of the direction and `{x}` the other subject.
Phrases that name something bring everything they need ("in a park"), so that sentence frames only
join them.
"""

from collections.abc import Mapping

Phrases = tuple[str, ...]

NOUNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "woman": (("woman", "women"), ("lady", "ladies")),
    "man": (("man", "men"), ("gentleman", "gentlemen"), ("guy", "guys")),
    "child": (("child", "children"), ("kid", "kids"), ("little one", "little ones")),
    "dog": (("dog", "dogs"), ("puppy", "puppies"), ("hound", "hounds")),
    "cat": (("cat", "cats"), ("kitten", "kittens"), ("kitty", "kitties")),
    "bird": (("bird", "birds"), ("songbird", "songbirds")),
    "car": (("car", "cars"), ("automobile", "automobiles"), ("sedan", "sedans")),
    "truck": (("truck", "trucks"), ("lorry", "lorries"), ("delivery van", "delivery vans")),
    "bus": (("bus", "buses"), ("coach", "coaches"), ("omnibus", "omnibuses")),
    "bicycle": (("bicycle", "bicycles"), ("bike", "bikes"), ("cycle", "cycles")),
    "boat": (("boat", "boats"), ("sailboat", "sailboats"), ("dinghy", "dinghies")),
    "fish": (("fish", "fish"), ("reef fish", "reef fish")),
    "turtle": (("turtle", "turtles"), ("sea turtle", "sea turtles"), ("tortoise", "tortoises")),
    "jellyfish": (("jellyfish", "jellyfish"), ("medusa", "medusas")),
    "seahorse": (("seahorse", "seahorses"), ("sea horse", "sea horses")),
    "octopus": (("octopus", "octopuses"), ("cephalopod", "cephalopods")),
    "ball": (("ball", "balls"), ("sphere", "spheres"), ("orb", "orbs")),
    "box": (("box", "boxes"), ("cube", "cubes"), ("block", "blocks"), ("crate", "crates")),
    "cylinder": (("cylinder", "cylinders"), ("drum", "drums"), ("tube", "tubes")),
    "cone": (("cone", "cones"), ("pointed cone", "pointed cones")),
    "robot": (("robot", "robots"), ("android", "androids"), ("automaton", "automatons")),
    "balloon": (("balloon", "balloons"), ("party balloon", "party balloons")),
    "kite": (("kite", "kites"), ("paper kite", "paper kites")),
    "snowman": (("snowman", "snowmen"), ("snow figure", "snow figures")),
    "sign": (("sign", "signs"), ("road sign", "road signs"), ("signboard", "signboards")),
}

COLOURS: Mapping[str, Phrases] = {
    "red": ("red", "crimson", "scarlet"),
    "orange": ("orange", "tangerine", "orange-coloured", "orange-colored"),
    "yellow": ("yellow", "lemon-yellow", "sunny yellow"),
    "green": ("green", "emerald", "leaf-green"),
    "blue": ("blue", "navy", "cobalt"),
    "purple": ("purple", "violet", "lilac"),
    "pink": ("pink", "rose-coloured", "rose-colored", "rosy"),
    "white": ("white", "snow-white", "ivory"),
    "black": ("black", "jet-black", "coal-black"),
    "brown": ("brown", "chocolate-brown", "chestnut"),
    "cyan": ("cyan", "turquoise", "aqua"),
    "gold": ("gold", "golden", "gold-coloured", "gold-colored"),
}
SIZES: Mapping[str, Phrases] = {
    "small": ("small", "little", "tiny", "miniature"),
    "medium": ("medium-sized", "mid-sized"),
    "large": ("large", "big", "huge", "giant"),
}
PATTERNS: Mapping[str, Phrases] = {
    "plain": (),
    "stripe": ("striped", "stripy", "banded"),
    "check": ("checked", "checkered", "chequered"),
}
EXTRAS: Mapping[str, Phrases] = {
    "hat": ("a hat", "a round hat"),
    "bag": ("a bag", "a shoulder bag", "a handbag"),
    "umbrella": ("an umbrella", "an open umbrella", "a parasol"),
    "scarf": ("a scarf", "a woolly scarf", "a woolen scarf"),
}
NUMBERS: Mapping[int, Phrases] = {
    1: ("a", "one", "a single", "1"),
    2: ("two", "2", "a pair of", "a couple of"),
    3: ("three", "3", "a group of three", "a trio of"),
    4: ("four", "4", "a group of four"),
    5: ("five", "5", "a group of five"),
    6: ("six", "6", "a group of six"),
}
NOUN_OF_SETTING: Mapping[str, Phrases] = {
    "cherry_alley": ("cherry blossoms", "cherry trees", "cherry alley", "sakura trees", "sakura"),
    "neon_street": ("neon street", "neon lights", "glowing shopping street", "neon city"),
    "reef": ("coral reef", "reef", "underwater world", "sea floor"),
    "road": ("road", "country road", "town road", "open road"),
    "park": ("park", "green park", "meadow", "lawn"),
    "toys": ("toys", "toy table", "play floor", "playroom"),
    "snow_town": ("snowy town", "winter town", "snow village", "snowy street"),
    "beach": ("beach", "seaside", "sandy beach", "seashore"),
}
PLACES: Mapping[str, Phrases] = {
    "cherry_alley": (
        "under the cherry trees", "in a cherry blossom alley", "along a path of cherry trees",
        "between blossoming cherry trees", "on a street lined with sakura", "beneath the sakura",
    ),
    "neon_street": (
        "on a neon street", "on a city street full of neon signs", "among glowing shop signs",
        "through a shopping street lit by neon", "in a city of glowing lights",
        "past bright shop windows",
    ),
    "reef": (
        "in a coral reef", "under the sea", "underwater", "among the corals", "over the sea bed",
        "in the deep blue ocean",
    ),
    "road": (
        "on a road", "along the road", "on a road through town", "in front of the town houses",
        "on the highway", "on the motorway",
    ),
    "park": (
        "in a park", "on a green meadow", "on the grass", "in a park with trees and benches",
        "on the lawn", "in the city gardens",
    ),
    "toys": (
        "on a table", "on the floor", "on a playroom floor", "on a table top", "in a toy world",
        "on a wide tabletop",
    ),
    "snow_town": (
        "in a snowy town", "in a snow-covered street", "between snowy houses",
        "in a small winter town", "through the white streets of a village", "in the deep snow",
    ),
    "beach": (
        "on a beach", "at the beach", "by the sea", "on the sand", "on the shore",
        "at the seaside",
    ),
}  # fmt: skip
WEATHERS: Mapping[str, Phrases] = {
    "clear": ("under a clear sky", "in clear weather", "in fine weather", "in fair weather"),
    "snow": (
        "while it snows", "in falling snow", "as snowflakes fall", "with snow in the air",
        "in a light snowfall",
    ),
    "rain": ("in the rain", "while it rains", "as rain falls", "on a rainy day", "in a downpour"),
    "petals": (
        "as petals drift down", "with cherry petals in the wind", "while pink petals fly by",
        "among falling petals", "in a shower of blossom",
    ),
    "petals_snow": (
        "as petals and snowflakes fall", "with petals and snow in the wind",
        "while petals fly along with snowflakes", "in drifting petals and snow",
        "amid blossom and snowflakes",
    ),
    "fog": ("in the fog", "in thick fog", "on a foggy day", "in the mist", "in a pale haze"),
    "leaves": (
        "as leaves fall", "with autumn leaves in the air", "with fall leaves in the air",
        "while leaves drift down", "amid whirling foliage",
    ),
    "bubbles": (
        "as bubbles rise", "with bubbles in the water", "among rising bubbles",
        "in a stream of bubbles",
    ),
}  # fmt: skip
TIMES: Mapping[str, Phrases] = {
    "day": ("in daylight", "by day", "during the day", "at midday", "in broad daylight"),
    "dusk": ("at dusk", "at sunset", "in the evening light", "as the sun goes down", "at twilight"),
    "night": ("at night", "by night", "after dark", "in the night", "under a dark sky"),
    "dawn": ("at dawn", "at sunrise", "in the early morning", "as the sun comes up", "at daybreak"),
}
STYLES: Mapping[str, Phrases] = {
    "lowpoly": ("low-poly 3D", "low-poly style", "simple 3D shapes", "polygon art"),
    "paper": (
        "paper-craft style",
        "papercraft",
        "cut-paper world",
        "made of paper",
        "origami look",
    ),
    "toon": ("cartoon style", "cartoon with ink outlines", "cel-shaded", "anime look"),
    "clay": ("clay animation", "clay style", "made of clay", "plasticine look"),
    "pastel": ("soft pastel look", "pastel colours", "pastel colors", "pale watercolour tones"),
    "film": ("cinematic", "film look", "cinematic style", "shot on film", "movie look"),
}
CAMERAS: Mapping[str, Phrases] = {
    "static": (
        "the camera stays still", "the camera does not move", "the camera is fixed",
        "the view holds still",
    ),
    "pan_left": ("the camera pans left", "the camera turns to the left", "the view swings left"),
    "pan_right": (
        "the camera pans right", "the camera turns to the right", "the view swings right",
    ),
    "tilt_up": ("the camera tilts up", "the camera looks up slowly", "the view tips upwards"),
    "tilt_down": (
        "the camera tilts down", "the camera looks down slowly", "the view tips downwards",
    ),
    "dolly_in": (
        "the camera moves in", "the camera pushes in slowly", "the camera comes closer",
        "the camera glides forward",
    ),
    "dolly_out": (
        "the camera pulls back", "the camera moves out", "the camera backs away",
        "the camera retreats",
    ),
    "orbit_left": (
        "the camera orbits to the left", "the camera circles left around the scene",
        "the view revolves leftwards",
    ),
    "orbit_right": (
        "the camera orbits to the right", "the camera circles right around the scene",
        "the view revolves rightwards",
    ),
    "follow": (
        "the camera follows {o}", "the camera moves along with {o}", "the camera travels with {o}",
        "the camera tracks {o}", "the camera keeps up with {o}",
    ),
    "crane_up": ("the camera rises", "the camera lifts up", "the camera climbs into the air"),
    "handheld": (
        "the camera is handheld", "the camera shakes slightly", "the camera sways in the hand",
    ),
}  # fmt: skip
CAMERA_NOUNS: Mapping[str, Phrases] = {
    "static": ("static camera", "still camera", "locked-off shot"),
    "pan_left": ("pan to the left", "pan left", "leftward pan"),
    "pan_right": ("pan to the right", "pan right", "rightward pan"),
    "tilt_up": ("tilt up", "upward tilt"),
    "tilt_down": ("tilt down", "downward tilt"),
    "dolly_in": ("push-in", "slow push-in", "dolly in", "zooming-in move"),
    "dolly_out": ("pull-back", "slow pull-back", "dolly out", "zooming-out move"),
    "orbit_left": ("orbit to the left", "leftward orbit shot"),
    "orbit_right": ("orbit to the right", "rightward orbit shot"),
    "follow": ("tracking shot", "following camera", "chase camera"),
    "crane_up": ("crane shot", "rising camera", "upward boom move"),
    "handheld": ("handheld camera", "hand-held shot", "shaky camera"),
}
DIRECTIONS: Mapping[str, Phrases] = {
    "left": ("to the left", "towards the left", "toward the left", "from right to left",
             "leftwards"),
    "right": ("to the right", "towards the right", "toward the right", "from left to right",
              "rightwards"),
    "toward": ("towards the camera", "toward the camera", "towards us", "closer to us",
               "in our direction"),
    "away": ("away from the camera", "into the distance", "away from us", "off to the back"),
}  # fmt: skip
CLEAR_DIRECTIONS: Mapping[str, Phrases] = {
    "left": ("from right to left", "moving left"),
    "right": ("from left to right", "moving right"),
}
"""Directions that stay clear behind the name of another object."""
RELATIONS: Mapping[str, Phrases] = {
    "left_of": ("to the left of", "left of", "on the left side of"),
    "right_of": ("to the right of", "right of", "on the right side of"),
    "in_front_of": ("in front of", "closer to the camera than", "before"),
    "behind": ("behind", "at the back of", "farther away than", "further away than"),
    "next_to": ("next to", "beside", "by the side of", "close to"),
    "on_top_of": ("on top of", "on", "upon"),
}
DETAILS: Mapping[str, Phrases] = {
    "cherry_alley": (
        "Pink blossoming trees line the path.", "The branches are full of pink blossom.",
        "Rows of cherry trees stand on both sides.", "It is the season of the sakura.",
    ),
    "neon_street": (
        "Shop signs glow on both sides.", "Bright signs and windows light up the street.",
        "The shops shine in warm and cold colours.", "Coloured light falls on the pavement.",
        "Colored light falls on the sidewalk.",
    ),
    "reef": (
        "Corals and seaweed grow on the sea bed.", "The water is blue and full of life.",
        "The coral garden is full of shapes.", "Seaweed sways on the rocks.",
    ),
    "road": (
        "Houses stand along the road.", "The road runs straight through the town.",
        "Behind it stand the houses of the town.", "The asphalt stretches from side to side.",
    ),
    "park": (
        "Trees stand on the green grass.", "There are trees and green grass all around.",
        "It is a calm green place.", "The lawn is wide and green.",
    ),
    "toys": (
        "The floor is clean and simple.", "Nothing else is on the floor.",
        "It looks like a set of toys.", "The background is plain.",
    ),
    "snow_town": (
        "Snow lies on the roofs.", "The houses and the ground are white with snow.",
        "The whole town is covered in snow.", "Winter has come to the town.",
    ),
    "beach": (
        "The sea lies behind the sand.", "There is sand in front and the sea behind.",
        "Waves roll in behind.", "The water shines behind the shore.",
    ),
}  # fmt: skip
"""Sentences that hold for every clip of the setting; they say the setting and nothing else."""
GLUE = (
    "a an the is are and with in wearing coat coats another second there by not couple walking "
    "strolling he she it they him her them"
)
"""Words that hold phrases together; only the tokenizer's word list needs them."""
