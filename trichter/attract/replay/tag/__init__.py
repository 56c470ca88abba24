"""The scripts that pages load beside the tracker."""
