package kernel_test

import (
	"slices"
	"testing"

	"dialpath/lab/kernel"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		release string
		want    kernel.Version
		ok      bool
	}{
		{"6.18.44-amd64", kernel.Version{6, 18}, true},
		{"6.18", kernel.Version{6, 18}, true},
		{"7.3-rc1", kernel.Version{7, 3}, true},
		{"5.15.0-1084-azure", kernel.Version{5, 15}, true},
		{"", kernel.Version{}, false},
		{"6", kernel.Version{}, false},
		{"linux", kernel.Version{}, false},
	} {
		if got, ok := kernel.ParseVersion(test.release); ok != test.ok || got != test.want {
			t.Errorf("%q is %v, %v, want %v, %v", test.release, got, ok, test.want, test.ok)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	series := []string{"6.12", "6.2", "5.15", "7.0", "6.1"}
	slices.SortFunc(series, kernel.CompareSeries)
	if want := []string{"5.15", "6.1", "6.2", "6.12", "7.0"}; !slices.Equal(series, want) {
		t.Errorf("in order they are %q, want %q", series, want)
	}
	if v := (kernel.Version{6, 12}); v.Before(v) || !(kernel.Version{6, 2}).Before(v) || v.Before(kernel.Version{6, 2}) || v.String() != "6.12" {
		t.Errorf("%v is not before itself, and after 6.2", v)
	}
}
