package tour

import (
	"dialpath/lab/kernel"
)

// The workloads that the claims about dialing need.
const (
	tcpByDial    = "dial-tcp"
	udpByDial    = "dial-udp"
	udpByDialUDP = "dialudp"
)

// dialing returns the claims about dialing, 3 to 8.
func dialing() []Claim {
	return []Claim{dialAndDialUDP, bothDial, tcpConnect, udpConnect, howMuchRuns, onTheWire}
}

// dialNeeds are for dials whose functions are counted.
var dialNeeds = Needs{Functions: []string{"tcp_*", "udp_*"}, Packets: true, Syscalls: true}

// stackNeeds are for one whose stacks show a part.
func stackNeeds(part string) Needs {
	return Needs{Stacks: []string{part}, Packets: true, Syscalls: true}
}

var dialAndDialUDP = Claim{
	Number: 3, Title: "Dial and DialUDP", judge: sameCalls,
	Text: "net.Dial(\"udp\") and net.DialUDP make the same system calls. " +
		"What differs is the Go type that they return.",
	Recordings: []Recording{{udpByDial, dialNeeds}, {udpByDialUDP, dialNeeds}},
	Exhibits:   []Exhibit{{Kind: Syscalls, Workloads: []string{udpByDial, udpByDialUDP}}},
	Explanation: "Both end in the same internal function, which asks for a socket, sets it up and connects it. " +
		"Dial returns a net.Conn, which hides the protocol. DialUDP takes and returns UDP's own types: " +
		"*net.UDPConn has ReadFrom and WriteTo as well. The kernel never learns which one you called. " +
		"(Counts may differ a little: how often the runtime's poller asks a socket whether it is ready is a matter of timing.)",
	Try: Try{"compare dialudp listenudp", "a UDP socket that nobody connected"},
}

var bothDial = Claim{
	Number: 4, Title: "TCP dialing and UDP dialing", judge: bothConnect,
	Text:       "Both call connect(2). TCP's puts packets on the wire; UDP's only fills in the socket.",
	Recordings: []Recording{{tcpByDial, dialNeeds}, {udpByDialUDP, dialNeeds}},
	Exhibits:   []Exhibit{{Kind: Summary, Workloads: []string{tcpByDial, udpByDialUDP}}},
	Explanation: "One system call, two meanings: the type of the socket decides which kernel function answers it. " +
		"On a stream socket it starts a handshake. Go's sockets never block, so the call says EINPROGRESS at once " +
		"and the runtime parks the goroutine until the poller reports that the handshake is over. " +
		"On a datagram socket there is nothing to wait for, and the call says 0.",
	Try: Try{"compare dial-tcp dialudp", "the same table with every function"},
}

var tcpConnect = Claim{
	Number: 5, Title: "What TCP's connect(2) does", judge: connectTransmits,
	Text:       "On a TCP socket, connect(2) itself sends: the first packet of the handshake leaves before the call returns.",
	Recordings: []Recording{{tcpByDial, stackNeeds(kernel.TCPTransmit)}},
	Exhibits:   []Exhibit{{Kind: Stacks, Workloads: []string{tcpByDial}}},
	Explanation: "Read the stack from the bottom: the program enters the kernel, the kernel looks up what connect means " +
		"for this socket, TCP picks an address and a port, builds the SYN and hands it down to IP. " +
		"All of that happens on the thread that runs your goroutine, inside net.Dial.",
	Try: Try{"compare dial-tcp echo-tcp", "what writing and reading add to dialing"},
}

var udpConnect = Claim{
	Number: 6, Title: "What UDP's connect(2) does", judge: connectIsSilent,
	Text:       "On a UDP socket, connect(2) sends nothing. It looks up the route and notes the address of the other end.",
	Recordings: []Recording{{udpByDialUDP, stackNeeds(kernel.UDPConnect)}},
	Exhibits:   []Exhibit{{Kind: Stacks, Workloads: []string{udpByDialUDP}}},
	Explanation: "That is why net.DialUDP succeeds when nobody listens, and why it never waits for the network. " +
		"What it does change is the socket: Write works without an address, " +
		"only datagrams from that one peer are let in, and if the peer's machine refuses them, a later call can say so.",
	Try: Try{"compare dialudp write-udp", "the first Write sends the first packet"},
}

var howMuchRuns = Claim{
	Number: 7, Title: "How much kernel each runs", judge: dozensAndAHandful,
	Text:       "Dialing TCP runs dozens of tcp_* functions; dialing UDP runs a handful of udp_*.",
	Recordings: []Recording{{tcpByDial, dialNeeds}, {udpByDialUDP, dialNeeds}},
	Exhibits: []Exhibit{
		{Kind: Counts, Workloads: []string{tcpByDial}, Glob: "tcp_*"},
		{Kind: Counts, Workloads: []string{udpByDialUDP}, Glob: "udp_*"},
	},
	Explanation: "TCP has to keep a conversation: sequence numbers, timers, a congestion window, options, a queue of what may " +
		"have to be sent again. UDP has to find a free port and put the socket where arriving datagrams are looked up. " +
		"Counted is what ran in the client's system calls, in process context. " +
		"That includes packets that arrived while a call held the socket: they wait in its backlog, " +
		"and the client's own thread takes them before the call ends. " +
		"How many do is chance, so TCP's numbers vary a little.",
	Try: Try{"compare dial-tcp dial-udp", "both lists side by side, softirqs apart"},
}

var onTheWire = Claim{
	Number: 8, Title: "What is seen on the wire", judge: onlyTCPShows,
	Text:       "Of the two, only TCP's dialing shows on the wire: SYN, ACK, then FIN and a last ACK when it is closed.",
	Recordings: []Recording{{tcpByDial, dialNeeds}, {udpByDialUDP, dialNeeds}},
	Exhibits:   []Exhibit{{Kind: Packets, Workloads: []string{tcpByDial, udpByDialUDP}}},
	Explanation: "Two packets open the connection from this side and two close it, and not a byte of yours was sent. " +
		"The lines have the form of the log that iptables writes, with the packets that the client sent. " +
		"UDP's dialing leaves no line at all: nothing was sent, and Close has nobody to tell.",
	Try: Try{"packets -w echo-tcp", "the packets of one message, there and back, at both ends"},
}
