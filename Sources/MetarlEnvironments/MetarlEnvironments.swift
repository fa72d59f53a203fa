// The families of environments, and the catalogue by whose names files and command lines find them and the algorithms.
@_exported import Catalogue
@_exported import Environments
