"""The version of the package, in the one place the build and the sidecar both read."""

VERSION = "0.1.0"
