package stage

import "sync"

// printed keeps the beginning and the end of what a program prints, and lets it print on:
// what went wrong is said last.
type printed struct {
	mu         sync.Mutex
	head, tail []byte
}

const maxPrinted = 8 << 10 // of each

func (p *printed) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(data), maxPrinted-len(p.head))
	p.head = append(p.head, data[:n]...)
	p.tail = append(p.tail, data[n:]...)
	p.tail = p.tail[max(0, len(p.tail)-maxPrinted):]
	return len(data), nil
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.head) + string(p.tail)
}
