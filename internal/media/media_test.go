package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sanshi/internal/matter"
)

func folder(t testing.TB) Folder {
	n := 0
	return Folder{Dir: t.TempDir(), NewID: func() string { n++; return fmt.Sprintf("p%d", n) }}
}

// photo is w×h pixels, its left upper quarter red, else blue.
func photo(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{255, 0, 0, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// withEXIF is a JPEG that says which way is up, and where it was taken.
func withEXIF(t testing.TB, img image.Image, way int, order byteOrder) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	head := "II*\x00"
	if order == byteOrder(binary.BigEndian) {
		head = "MM\x00*"
	}
	tiff := []byte(head)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, 0x0112)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, uint16(way))
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	exif = append(exif, "GPS 30.6N 104.1E SECRETPLACE"...)
	out := []byte{0xFF, 0xD8, 0xFF, 0xE1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	return append(append(out, exif...), b.Bytes()[2:]...)
}

func kept(t *testing.T, f Folder, data []byte) (image.Image, []byte) {
	t.Helper()
	ref, err := f.Keep("v", "m", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	file, err := f.Open("v", "m", ref)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	img, format, err := image.Decode(bytes.NewReader(b))
	if err != nil || format != "jpeg" {
		t.Fatal(format, err)
	}
	return img, b
}

// A picture is upright, and says nothing of where and with what it was taken.
func TestUprightAndClean(t *testing.T) {
	// In which corner the red quarter is, when a picture of this orientation stands upright.
	corner := map[int]string{1: "left upper", 2: "right upper", 3: "right lower", 4: "left lower", 5: "left upper", 6: "right upper", 7: "right lower", 8: "left lower",
		0: "left upper", 9: "left upper"}
	for way, want := range corner {
		for _, order := range []byteOrder{binary.LittleEndian, binary.BigEndian} {
			img, data := kept(t, folder(t), withEXIF(t, photo(80, 40), way, order))
			if bytes.Contains(data, []byte("SECRETPLACE")) || bytes.Contains(data, []byte("Exif")) {
				t.Errorf("orientation %d: what the camera wrote is kept", way)
			}
			w, h := img.Bounds().Dx(), img.Bounds().Dy()
			if side := way >= 5 && way <= 8; side != (w < h) {
				t.Errorf("orientation %d: it is %d×%d", way, w, h)
			}
			got := ""
			for name, at := range map[string]image.Point{"left upper": {w / 4, h / 4}, "right upper": {3 * w / 4, h / 4}, "left lower": {w / 4, 3 * h / 4}, "right lower": {3 * w / 4, 3 * h / 4}} {
				if r, _, b, _ := img.At(at.X, at.Y).RGBA(); r > b {
					got += name
				}
			}
			if got != want {
				t.Errorf("orientation %d: red is %s, want %s", way, got, want)
			}
		}
	}
}

func TestSmaller(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, photo(2000, 1000)); err != nil {
		t.Fatal(err)
	}
	img, _ := kept(t, folder(t), b.Bytes())
	if img.Bounds().Dx() != longSide || img.Bounds().Dy() != longSide/2 {
		t.Errorf("it is %v", img.Bounds())
	}
	long, _ := kept(t, folder(t), withEXIF(t, photo(3000, 1), 6, binary.BigEndian))
	if long.Bounds().Dy() != longSide || long.Bounds().Dx() != 1 {
		t.Errorf("a line is %v", long.Bounds())
	}
}

// bomb is a small file that says it has very many pixels.
func bomb(w, h uint32) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, photo(4, 4))
	data := b.Bytes()
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	return data
}

func TestRefused(t *testing.T) {
	whole := withEXIF(t, photo(80, 40), 1, binary.BigEndian)
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "a page": []byte("<html>Sign in to Slack</html>"), "gif": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"broken": whole[:len(whole)/3], "too large": append(bytes.Clone(whole), make([]byte, MostBytes)...),
		"a bomb": bomb(60000, 60000), "a wide bomb": bomb(1<<31-1, 1<<31-1), "no pixels": bomb(0, 10),
	} {
		f := folder(t)
		_, err := f.Keep("v", "m", bytes.NewReader(data))
		var refused *matter.Error
		if !errors.As(err, &refused) || refused.Field != "photo" || refused.Problem != matter.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(filepath.Join(f.Dir, "v", "m")); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

// A reference leads to a picture of that matter and nowhere else.
func TestNoWayOut(t *testing.T) {
	f := folder(t)
	ref, err := f.Keep("v", "m", bytes.NewReader(withEXIF(t, photo(8, 8), 1, binary.BigEndian)))
	if err != nil || !strings.HasPrefix(ref, Prefix) {
		t.Fatal(ref, err)
	}
	if err := os.WriteFile(filepath.Join(f.Dir, "secret.jpg"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{{"v", "other", ref}, {"other", "m", ref}, {"v", "m", "media:../../secret.jpg"}, {"..", "m", "media:secret.jpg"}, {"v", "..", ref},
		{"v", "m", "media:/etc/passwd"}, {"v", "m", "p1.jpg"}, {"v", "m", "https://example.org/p1.jpg"}, {"v", "m", "media:.jpg"}, {"", "", "media:secret.jpg"}} {
		if file, err := f.Open(c[0], c[1], c[2]); !errors.Is(err, fs.ErrNotExist) {
			file.Close()
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := f.Keep("..", "m", bytes.NewReader(nil)); err == nil {
		t.Error("a picture is kept outside")
	}
	info, err := os.Stat(filepath.Join(f.Dir, "v", "m", strings.TrimPrefix(ref, Prefix)))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
	if err := f.Drop("v", "m", ref); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open("v", "m", ref); err == nil {
		t.Error("a dropped picture is there")
	}
}

// Pictures go with the words, also when the program stops in between; when the words
// stay, they stay.
func TestForget(t *testing.T) {
	data := withEXIF(t, photo(8, 8), 1, binary.BigEndian)
	keep := func(f Folder) (refs [2]string) {
		for i, id := range []string{"hers", "others"} {
			ref, err := f.Keep("v", id, bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			refs[i] = ref
		}
		return refs
	}
	there := func(f Folder, id, ref string) bool {
		file, err := f.Open("v", id, ref)
		if err == nil {
			file.Close()
		}
		return err == nil
	}
	f := folder(t)
	refs := keep(f)
	if err := f.Forget("v", []string{"hers", "without", "../others"}, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if there(f, "hers", refs[0]) || !there(f, "others", refs[1]) {
		t.Error("hers stayed, or others' went")
	}

	f = folder(t)
	refs = keep(f)
	if err := f.Forget("v", []string{"hers"}, func() error { return errors.New("away") }); err == nil || !there(f, "hers", refs[0]) {
		t.Errorf("the words stayed, and the picture? %v", err)
	}

	for _, erased := range []bool{true, false} { // it stopped in the middle
		f = folder(t)
		refs = keep(f)
		func() {
			defer func() { _ = recover() }()
			_ = f.Forget("v", []string{"hers"}, func() error { panic("the power is gone") })
		}()
		if err := f.Sweep(func(v, id string) (bool, error) { return erased && v == "v" && id == "hers", nil }); err != nil {
			t.Fatal(err)
		}
		if there(f, "hers", refs[0]) == erased || !there(f, "others", refs[1]) {
			t.Errorf("erased %v: hers there %v", erased, there(f, "hers", refs[0]))
		}
	}
	if err := folder(t).Sweep(nil); err != nil {
		t.Error(err)
	}
}

// Whatever a file holds, it is refused or becomes a picture; nothing breaks.
func FuzzKeep(f *testing.F) {
	f.Add(withEXIF(f, photo(16, 8), 6, binary.BigEndian))
	f.Add(withEXIF(f, photo(16, 8), 3, binary.LittleEndian))
	f.Add(bomb(100, 1))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\xff\xff\xff\xff"))
	box := folder(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if w := len(data); w > 1<<16 {
			return
		}
		orientation(data)
		ref, err := box.Keep("v", "m", bytes.NewReader(data))
		var refused *matter.Error
		if err != nil && !errors.As(err, &refused) {
			t.Error(err)
		}
		if err == nil {
			if err := box.Drop("v", "m", ref); err != nil {
				t.Error(err)
			}
		}
	})
}
