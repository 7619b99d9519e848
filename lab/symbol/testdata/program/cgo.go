package main

/*
static int answer(void) { return 42; }
static void *address(void) { return (void *)answer; }
*/
import "C"

func init() { foreign = uint64(uintptr(C.address())) }
