// A program whose calls of its own functions are known: the tests watch them.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	for i := range 137 {
		step(i + 1)
	}
	for range 4096 + 10 {
		often()
	}
	greet("localhost")
	greet(strings.Repeat("long ", 20))
	fmt.Fprintln(os.Stderr, sum)
}

var sum int

//go:noinline
func step(n int) { sum += n }

//go:noinline
func often() { sum++ }

//go:noinline
func greet(name string) { sum += len(name) }
