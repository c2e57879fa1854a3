"""From small frames to frames four times as large."""
