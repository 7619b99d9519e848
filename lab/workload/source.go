package workload

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
)

// Files are this package's own source files, for [Workload.Source], and for a debugger on
// a machine that has none of them.
//
//go:embed *.go
var Files embed.FS

// Source returns the Go source of the client: its function, with the comment
// above it, as this program was built from.
func (w Workload) Source() string {
	names, _ := Files.ReadDir(".")
	for _, name := range names {
		text, _ := Files.ReadFile(name.Name())
		if source := function(string(text), w.source); source != "" {
			return source
		}
	}
	return ""
}

// function cuts the named function out of a Go file, or returns "".
func function(text, name string) string {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", text, parser.ParseComments)
	if err != nil {
		return ""
	}
	for _, declared := range file.Decls {
		f, ok := declared.(*ast.FuncDecl)
		if !ok || f.Name.Name != name {
			continue
		}
		start := set.Position(f.Pos()).Offset
		if f.Doc != nil {
			start = set.Position(f.Doc.Pos()).Offset
		}
		return text[start:set.Position(f.End()).Offset] + "\n"
	}
	return ""
}
