"""Where the work runs: device and dtype, and later the mesh of devices."""
