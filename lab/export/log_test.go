package export

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dialpath/lab/trace"
)

// TestLogDial holds what left the client's device in a dial against the article's four
// lines: what stands there stands here, in the same order.
func TestLogDial(t *testing.T) {
	t.Parallel()
	var left []string
	for _, line := range lines(written(t, "log", recorded(t, "dial-tcp"))) {
		if strings.Contains(line, "OUT=veth0 ") {
			left = append(left, line)
		}
	}
	article := []string{
		"[TCP] IN= OUT=enp0s3 DST=1.1.1.1 SYN URGP=0",
		"[TCP] IN= OUT=enp0s3 DST=1.1.1.1 ACK URGP=0",
		"[TCP] IN= OUT=enp0s3 DST=1.1.1.1 ACK FIN URGP=0",
		"[TCP] IN= OUT=enp0s3 DST=1.1.1.1 ACK URGP=0",
	}
	var got []string
	for _, line := range left {
		var kept []string
		for _, word := range strings.Fields(line)[2:] {
			key, _, pair := strings.Cut(word, "=")
			if !pair && word != "DF" || strings.Contains("IN OUT DST URGP", key) {
				kept = append(kept, word)
			}
		}
		got = append(got, strings.NewReplacer("veth0", "enp0s3", "10.0.0.2", "1.1.1.1").Replace(strings.Join(kept, " ")))
	}
	if diff := cmp.Diff(article, got); diff != "" {
		t.Errorf("the article's lines (-) and the lab's (+):\n%s", diff)
	}
	if udp := written(t, "log", recorded(t, "dialudp")); len(udp) != 0 {
		t.Errorf("dialing over UDP logs %q", udp)
	}
}

// TestLog writes packets whose lines are known: from a kernel's log where it says so.
func TestLog(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		packet trace.Packet
		want   string
	}{
		{"the article's clock, and what is not known of a device", trace.Packet{Time: 46260105662999, Protocol: "TCP", Direction: "out"},
			"[46260.105662] [TCP] IN= OUT=? "},
		{"before the clock began", trace.Packet{Time: -1, Protocol: "a b\n", Device: "e\x1b", Direction: "in"},
			"[    0.000000] [a_b_] IN=e_ OUT= "},
	} {
		c.packet.Data = []byte{0x45}
		got := string(written(t, "log", &trace.Trace{Packets: []trace.Packet{c.packet}}))
		if want := c.want + "TRUNCATED\n"; got != want {
			t.Errorf("%s: %q, want %q", c.what, got, want)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	const (
		tcp  = "4500003c c9244000 4006 0000 0a000001 0a000002 "
		udp  = "4500002d 8b0b4000 4011 0000 0a000001 0a000002 "
		icmp = "45c00041 a6930000 4001 0000 0a000002 0a000001 "
		ip6  = "6a3b1234 0020 %s 40 fe800000000000000000000000000001 ff020000000000000000000000000002 "
		ip   = "SRC=10.0.0.1 DST=10.0.0.2 "
	)
	six := func(next string) string { return strings.Replace(ip6, "%s", next, 1) }
	for _, c := range []struct {
		what, packet string
		length       int // more than is here
		want         string
	}{
		{"SYN", tcp + "dd420539 00000001 00000000 a002faf0 0000 0000", 20,
			ip + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=51492 DF PROTO=TCP SPT=56642 DPT=1337 WINDOW=64240 RES=0x00 SYN URGP=0"},
		{"every flag", tcp + "dd420539 00000001 00000000 afffffff 0000 ffff", 20,
			ip + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=51492 DF PROTO=TCP SPT=56642 DPT=1337 WINDOW=65535 RES=0x3c CWR ECE URG ACK PSH RST SYN FIN URGP=65535"},
		{"TCP cut off by the sender", tcp + "dd420539 00000001", 0,
			ip + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=51492 DF PROTO=TCP INCOMPLETE [8 bytes]"},
		{"TCP cut off here", tcp + "dd420539 00000001", 60,
			ip + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=51492 DF PROTO=TCP"},
		{"IP's options", "4600003c c9244000 4011 0000 0a000001 0a000002 01010101 dd420539 00190000", 0,
			ip + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=51492 DF PROTO=UDP SPT=56642 DPT=1337 LEN=25"},
		{"UDP", udp + "e0570539 00110000", 9,
			ip + "LEN=45 TOS=0x00 PREC=0x00 TTL=64 ID=35595 DF PROTO=UDP SPT=57431 DPT=1337 LEN=17"},
		{"a first fragment, and a class", "45fc05dc 8b0b2000 4011 0000 0a000001 0a000002 e0570539 0bc00000", 1480,
			ip + "LEN=1500 TOS=0x1C PREC=0xE0 TTL=64 ID=35595 MF PROTO=UDP SPT=57431 DPT=1337 LEN=3008"},
		{"a last fragment", "450005dc 8b0b80b9 4011 0000 0a000001 0a000002 e0570539 0bc00000", 1480,
			ip + "LEN=1500 TOS=0x00 PREC=0x00 TTL=64 ID=35595 CE FRAG:185 PROTO=UDP"},
		{"a length that is not told", "45000000 8b0b4000 4011 0000 0a000001 0a000002 e0570539 00000000", 70000,
			ip + "LEN=70028 TOS=0x00 PREC=0x00 TTL=64 ID=35595 DF PROTO=UDP SPT=57431 DPT=1337 LEN=0"},
		{"ping", "45000054 8b0b4000 4001 0000 0a000001 0a000002 0800 0000 0007 0001", 56,
			ip + "LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=35595 DF PROTO=ICMP TYPE=8 CODE=0 ID=7 SEQ=1"},
		{"port unreachable", icmp + "0303 0000 00000000" + udp + "e0570539 00110000", 9,
			"SRC=10.0.0.2 DST=10.0.0.1 LEN=65 TOS=0x00 PREC=0xC0 TTL=64 ID=42643 PROTO=ICMP TYPE=3 CODE=3 " +
				"[" + ip + "LEN=45 TOS=0x00 PREC=0x00 TTL=64 ID=35595 DF PROTO=UDP SPT=57431 DPT=1337 LEN=17 ]"},
		{"too big", icmp + "0304 0000 000005dc" + tcp + "dd420539 00000001", 0,
			"SRC=10.0.0.2 DST=10.0.0.1 LEN=65 TOS=0x00 PREC=0xC0 TTL=64 ID=42643 PROTO=ICMP TYPE=3 CODE=4 " +
				"[" + ip + "LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=51492 DF PROTO=TCP INCOMPLETE [8 bytes] ] MTU=1500"},
		{"redirect", icmp + "0501 0000 0a0000fe" + "4500", 0,
			"SRC=10.0.0.2 DST=10.0.0.1 LEN=65 TOS=0x00 PREC=0xC0 TTL=64 ID=42643 PROTO=ICMP TYPE=5 CODE=1 GATEWAY=10.0.0.254 [TRUNCATED ]"},
		{"an error about an error", icmp + "0b00 0000 00000000" + icmp + "0303 0000 00000000" + udp, 0,
			"SRC=10.0.0.2 DST=10.0.0.1 LEN=65 TOS=0x00 PREC=0xC0 TTL=64 ID=42643 PROTO=ICMP TYPE=11 CODE=0 " +
				"[SRC=10.0.0.2 DST=10.0.0.1 LEN=65 TOS=0x00 PREC=0xC0 TTL=64 ID=42643 PROTO=ICMP TYPE=3 CODE=3 ]"},
		{"another protocol", "45000054 8b0b4000 402f 0000 0a000001 0a000002", 64,
			ip + "LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=35595 DF PROTO=47"},
		{"UDP over IPv6", six("11") + "e0570539 00200000", 24,
			"SRC=fe80:0000:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:0002 LEN=72 TC=163 HOPLIMIT=64 FLOWLBL=725556 PROTO=UDP SPT=57431 DPT=1337 LEN=32"},
		{"a router's solicitation", six("3a") + "8500 0000 00000000", 24,
			"SRC=fe80:0000:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:0002 LEN=72 TC=163 HOPLIMIT=64 FLOWLBL=725556 PROTO=ICMPv6 TYPE=133 CODE=0"},
		{"too big for IPv6", six("3a") + "0200 0000 00000500" + six("06"), 0,
			"SRC=fe80:0000:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:0002 LEN=72 TC=163 HOPLIMIT=64 FLOWLBL=725556 PROTO=ICMPv6 TYPE=2 CODE=0 " +
				"[SRC=fe80:0000:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:0002 LEN=72 TC=163 HOPLIMIT=64 FLOWLBL=725556 PROTO=TCP INCOMPLETE [0 bytes] ] MTU=1280"},
		{"headers of IPv6 that are not followed", six("00") + "3a000502 00000100", 24,
			"SRC=fe80:0000:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:0002 LEN=72 TC=163 HOPLIMIT=64 FLOWLBL=725556 PROTO=0"},
	} {
		data, err := hex.DecodeString(strings.ReplaceAll(c.packet, " ", ""))
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got := headers(trace.Packet{Data: data, Length: len(data) + c.length}); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.what, got, c.want)
		}
	}
}
