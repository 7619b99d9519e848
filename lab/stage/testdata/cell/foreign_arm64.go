package main

// hideForeign has nothing to try: a program for arm64 cannot call as another one does.
func hideForeign() {}
