// Package vm runs the lab on a kernel that has kprobes, whatever the kernel of
// the machine at hand: it boots a Debian cloud kernel under QEMU, runs one
// command in it and brings output, exit status and files back whole.
//
// There is no disk and no image to build. The guest's file system is an
// initramfs made for the one run, with the lab itself as /init, so the guest is
// always as new as the program that boots it. [Fetch] gets the kernel, [Guest]
// boots it, and [Init] is what the same program does as process 1 inside.
package vm
