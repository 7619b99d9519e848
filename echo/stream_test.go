package echo

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipe is a connection without a kernel, so that its deadlines go by the
// test's own clock. Closing half of it does nothing.
type pipe struct{ net.Conn }

func (pipe) CloseWrite() error { return nil }

// TestPatience: as long as a client has not sent all, the peer's silence is no
// failure, however long the client itself takes. Then it is, after the timeout,
// which begins anew with every byte that comes.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer there.Close()
		client := &stream{conn: pipe{here}, timeout: time.Minute}
		defer client.Close()
		began := time.Now()

		go func() {
			<-time.After(time.Hour) // a person at a terminal thinks
			there.Write([]byte("1"))
			client.send(strings.NewReader(""))
			<-time.After(59 * time.Second)
			there.Write([]byte("2"))
		}()
		for _, after := range []time.Duration{time.Hour, time.Hour + 59*time.Second} {
			n, err := client.Read(make([]byte, 10))
			if passed := time.Since(began); n != 1 || err != nil || passed != after {
				t.Errorf("after %s: read %d bytes, error %v, want 1 byte after %s", passed, n, err, after)
			}
		}
		_, err := client.Read(make([]byte, 10))
		if passed := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || passed != time.Hour+119*time.Second {
			t.Errorf("after %s: error %v, want %v", passed, err, os.ErrDeadlineExceeded)
		}
	})
}

// TestPatienceOfWrites: a peer that takes nothing holds nobody, and a long
// message has the timeout for each piece.
func TestPatienceOfWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer there.Close()
		client := &stream{conn: pipe{here}, timeout: time.Minute}
		defer client.Close()
		began := time.Now()

		go func() {
			for range 2 {
				<-time.After(59 * time.Second)
				there.Read(make([]byte, piece))
			}
		}()
		n, err := client.Write(make([]byte, 3*piece))
		if passed := time.Since(began); n != 2*piece || !errors.Is(err, os.ErrDeadlineExceeded) || passed != 178*time.Second {
			t.Errorf("after %s: wrote %d bytes, error %v", passed, n, err)
		}
	})
}
