Invalid: the pod asks for 65 CPUs, the node allows 64 (spec.limits.perPod.cpu)
