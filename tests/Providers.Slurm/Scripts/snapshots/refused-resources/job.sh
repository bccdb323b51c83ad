Invalid: the node has no resource "example.com/fpga"; the site maps extended resources to Slurm's in spec.extendedResources
