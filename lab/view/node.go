package view

import (
	"fmt"

	"dialpath/lab/trace"
)

// A node is a function of the tree, reached in one way.
type node struct {
	name     string
	hits     uint64 // 0 for one that was only on the way
	children []*node
	folded   bool // its children are not shown
}

// grow merges stacks into trees.
func grow(stacks []trace.Stack) []*node {
	var root node
	for _, s := range stacks {
		at := &root
		for _, name := range routeOf(s).names() {
			at = at.child(name)
		}
		at.hits += s.Count
	}
	return root.children
}

// child returns the child of that name, and makes it if there is none.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	c := &node{name: name}
	n.children = append(n.children, c)
	return c
}

// chain returns the nodes that stand on one line: functions that were only on the way,
// and led to one other alone, with the one where that ends.
func (n *node) chain() []*node {
	nodes := []*node{n}
	for n.hits == 0 && len(n.children) == 1 {
		n = n.children[0]
		nodes = append(nodes, n)
	}
	return nodes
}

// below counts the functions that were hit below a node.
func (n *node) below() (hit int) {
	for _, c := range n.children {
		if c.hits > 0 {
			hit++
		}
		hit += c.below()
	}
	return hit
}

// unfold shows as much of trees as there is room for, which is a number of lines. What is
// nearer to the system call comes first; a branch that does not fit leaves its room to
// smaller ones. It tells whether anything is folded away.
func unfold(trees []*node, room int) (folded bool) {
	lines, level := len(trees), trees
	for len(level) > 0 {
		var next []*node
		for _, n := range level {
			chain := n.chain()
			end := chain[len(chain)-1]
			if more := len(end.children); more > 0 && lines+more > room {
				end.folded, folded = true, true
				continue
			}
			lines += len(end.children)
			next = append(next, end.children...)
		}
		level = next
	}
	return folded
}

// branches writes trees.
func (p *printer) branches(nodes []*node) {
	for _, n := range nodes {
		chain := n.chain()
		end := chain[len(chain)-1]
		p.chain(chain)
		if !end.folded {
			deeper := 2
			if p.indent > deepest {
				deeper = 0
			}
			p.in(deeper, func() { p.branches(end.children) })
		}
	}
}

// deepest is the column where the indentation of trees ends, for want of room.
const deepest = 40

// chain writes functions that stand on one line, if they fit: the next line goes on with
// an arrow.
func (p *printer) chain(nodes []*node) {
	const arrow = " → "
	line, columns := "", 0
	for i, n := range nodes {
		text := clean(n.name)
		shown := text
		if n.hits > 0 {
			text += fmt.Sprintf(" ×%d", n.hits)
			shown = p.style.paint(bold, shown) + text[len(shown):]
		}
		if n.folded {
			more := fmt.Sprintf(" +%d", n.below())
			text, shown = text+more, shown+more
		}
		switch {
		case i == 0:
		case p.indent+columns+width(arrow)+width(text) > Width:
			p.line("%s", line)
			line, columns = "   "+arrow, 3+width(arrow)
		default:
			line, columns = line+arrow, columns+width(arrow)
		}
		line, columns = line+shown, columns+width(text)
	}
	p.line("%s", line)
}
