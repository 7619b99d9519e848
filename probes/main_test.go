package probes

import (
	"testing"

	"dialpath/lab/vm/vmtest"
)

func TestMain(m *testing.M) { vmtest.Main(m) }
