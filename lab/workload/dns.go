package workload

import (
	"context"
	"net"

	"github.com/miekg/dns"
)

// ServerName is the one name that the workloads' DNS server knows. Names under test are
// nobody's, by RFC 2606. The dot at the end says that the name is whole: nothing from a
// search list is to be tried after it.
const ServerName = "server.dialpath.test."

// nameServer is a DNS server that knows one name. It has an IPv4 address, and no IPv6
// address.
func nameServer(ctx context.Context, addr string, ready func()) error {
	conn, err := net.ListenPacket("udp4", addr)
	if err != nil {
		return err
	}
	server := dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(answer), NotifyStartedFunc: ready}
	defer context.AfterFunc(ctx, func() { server.Shutdown() })()
	return server.ActivateAndServe()
}

func answer(w dns.ResponseWriter, query *dns.Msg) {
	reply := new(dns.Msg).SetReply(query)
	reply.RecursionAvailable = true // or Go takes "no such address" for "ask somebody else", and asks again
	switch question := query.Question[0]; {
	case question.Name != ServerName:
		reply.Rcode = dns.RcodeNameError
	case question.Qtype == dns.TypeA:
		reply.Answer = []dns.RR{&dns.A{
			Hdr: dns.RR_Header{Name: ServerName, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 60},
			A:   net.IPv4(10, 0, 0, 2),
		}}
	}
	w.WriteMsg(reply)
}
