package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // a format that is taken in

	"golang.org/x/image/draw"

	"sanshi/internal/matter"
)

const (
	mostPixels = 50_000_000 // a large phone camera; more is a bomb
	longSide   = 1600       // of what is kept
	quality    = 82
)

func invalid(format string, args ...any) error {
	return matter.Refuse(matter.Invalid, "photo", format, args...)
}

// redraw makes a picture anew: upright, no larger than longSide, without anything
// but its pixels.
func redraw(data []byte) ([]byte, error) {
	if len(data) > MostBytes {
		return nil, invalid("a picture may have %d MB", MostBytes>>20)
	}
	head, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil || format != "jpeg" && format != "png":
		return nil, invalid("this is no JPEG or PNG picture")
	case head.Width <= 0 || head.Height <= 0 || head.Width > mostPixels/head.Height:
		return nil, invalid("the picture has too many pixels")
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, invalid("the picture is broken")
	}
	way := 1
	if format == "jpeg" {
		way = orientation(data)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turn(shrink(img), way), &jpeg.Options{Quality: quality}); err != nil {
		return nil, invalid("the picture is broken")
	}
	return out.Bytes(), nil
}

// shrink draws onto white: JPEG knows no transparency.
func shrink(img image.Image) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if long := max(w, h); long > longSide {
		w, h = max(1, w*longSide/long), max(1, h*longSide/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

// turn sets a picture upright by its EXIF orientation, 1 to 8.
func turn(in *image.RGBA, way int) *image.RGBA {
	if way < 2 || way > 8 {
		return in
	}
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if way >= 5 { // lies on its side
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := target(way, x, y, w, h)
			out.SetRGBA(tx, ty, in.RGBAAt(x, y))
		}
	}
	return out
}

// target is where a pixel belongs (EXIF 2.3, tag 0x0112).
func target(way, x, y, w, h int) (int, int) {
	switch way {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	}
	return y, w - 1 - x
}

// orientation reads which way is up from a JPEG's EXIF; 1 when it does not say.
func orientation(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xDA || size < 2 || at+2+size > len(data) { // the picture itself begins
			return 1
		}
		body := data[at+4 : at+2+size]
		if marker == 0xE1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return ofTIFF(body[6:])
		}
		at += 2 + size
	}
	return 1
}

// ofTIFF looks the orientation up in the first directory of a TIFF.
func ofTIFF(t []byte) int {
	var order binary.ByteOrder
	switch {
	case len(t) < 8:
		return 1
	case bytes.HasPrefix(t, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(t, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 1
	}
	n := int64(order.Uint16(t[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > int64(len(t)) {
			return 1
		}
		if order.Uint16(t[e:]) == 0x0112 {
			return int(order.Uint16(t[e+8:]))
		}
	}
	return 1
}
