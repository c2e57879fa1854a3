"""The ray caster behind `world.renderer`: packing, culling, casting, shading, effects."""
