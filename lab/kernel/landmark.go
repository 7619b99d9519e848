package kernel

import "slices"

// way is where data passes in the network stack, from the system call down to the device
// and up again: parts, and functions that have had one name on all kernels of the lab.
var way = []string{
	"tcp_v4_connect", TCPConnect, "tcp_finish_connect", UDPConnect, "inet_csk_accept",
	UDPSend, "tcp_sendmsg", TCPTransmit, IPSend, "ip_queue_xmit", "ip_output",
	"ip_rcv", "udp_rcv", "tcp_v4_rcv", "tcp_conn_request", "tcp_data_queue", "udp_queue_rcv_skb", "udp_err", "sock_def_readable",
	"udp_recvmsg", "tcp_recvmsg", UDPReceive, "tcp_send_fin", "tcp_fin", "tcp_close", "tcp_time_wait",
}

// Landmarks returns the functions by which one finds one's way in a timeline, from the
// system call down to the device and up again.
func Landmarks() []string {
	var all []string
	for _, name := range way {
		if part, ok := PartNamed(name); ok {
			all = append(all, part.Today()...)
		} else {
			all = append(all, name)
		}
	}
	return all
}

// IsLandmark tells whether a function, by the kernel's name for it or by the source's, is
// one of the landmarks.
func IsLandmark(function string) bool { return slices.Contains(landmarks, Base(function)) }

var landmarks = Landmarks()
