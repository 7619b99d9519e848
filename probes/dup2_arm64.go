package probes

// Arm64 has dup3(2) alone.
const sysDup2 = none
