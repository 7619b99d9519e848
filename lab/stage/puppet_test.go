package stage

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"time"
)

// puppetEnv makes this binary another program. Its value says which one.
const puppetEnv = "DIALPATH_PUPPET"

func puppet(args []string) int {
	var err error
	switch args[0] {
	case "trial":
		err = tryForEver(args[1])
	case "stubborn":
		err = stubborn(args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// tryForEver is a lab that runs a learner's program which does not end.
func tryForEver(program string) error {
	staged, err := Target{Trial: &Trial{Program: program, Peer: "nobody", Limit: time.Hour}}.Stage()
	if err != nil {
		return err
	}
	defer staged.Close()
	fmt.Println("running")
	return staged.Run(context.Background())
}

// stubborn takes no notice of an interrupt, and has descendants that do not either.
// It prints the numbers of all of them, its own last, and does not end by itself for a
// minute.
func stubborn(text string) error {
	signal.Ignore(os.Interrupt)
	descendants, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	if descendants > 0 {
		child := exec.Command("/proc/self/exe")
		child.Env = append(os.Environ(), fmt.Sprintf("%s=stubborn %d", puppetEnv, descendants-1))
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			return err
		}
		if err := child.Start(); err != nil {
			return err
		}
		lines := bufio.NewReader(out)
		for range descendants {
			line, err := lines.ReadString('\n')
			if err != nil {
				return err
			}
			fmt.Print(line)
		}
	}
	fmt.Println(os.Getpid())
	time.Sleep(time.Minute)
	return nil
}
