package directory

import (
	"bytes"
	_ "embed"
)

//go:embed xiangyang.toml
var demoVillage []byte

//go:embed xiangyang_residents.csv
var demoResidents []byte

// Demo is the village that the program starts with when it is given none.
func Demo() *Village {
	v, err := Parse(demoVillage, "xiangyang.toml")
	if err != nil {
		panic(err) // the file is part of the program
	}
	return v
}

// DemoFile is the text of the demo village's file, and its Hash.
func DemoFile() (data []byte, hash string) { return bytes.Clone(demoVillage), Hash(demoVillage) }

// DemoResidents are a few people of the demo village.
func DemoResidents() []Resident {
	all, bad := ReadResidents(bytes.NewReader(demoResidents), Demo())
	if len(bad) > 0 {
		panic(bad[0])
	}
	return all
}
