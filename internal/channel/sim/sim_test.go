package sim_test

import (
	"testing"

	"sanshi/internal/channel/channeltest"
	"sanshi/internal/channel/sim"
)

func TestDriver(t *testing.T) {
	for _, as := range []string{"", "sms"} {
		d := sim.Driver{As: as}
		channeltest.Run(t, func(*testing.T) channeltest.Carrier {
			return channeltest.Carrier{Driver: d, To: "sms:+12065550123"}
		})
	}
	if n := (sim.Driver{}).Name(); n != "sim" {
		t.Errorf("its name is %q", n)
	}
}
