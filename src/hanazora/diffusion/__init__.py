"""The one path, its noise levels, solvers and guidance; knows nothing of networks."""
