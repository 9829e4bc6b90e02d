// Package media keeps pictures: what a resident sent, what shows the work done.
//
// A picture is never kept as it came. It is decoded and written again, so that
// where and with what it was taken (EXIF), and whatever else a file may hide, is
// gone; which way is up is read first. It is made no larger than a page needs.
//
// Pictures lie in files under the data folder, a folder a matter, and are known by
// a reference such as "media:01h2….jpg". They are content: who may read the matter's
// words may see them, in the console and nowhere else, and they go when the
// words go (see Forget and Sweep).
package media

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"sanshi/internal/matter"
)

// Prefix begins a reference to a picture kept here.
const Prefix = "media:"

// MostBytes is how large a file may be that is taken in.
const MostBytes = 10 << 20

// Folder keeps pictures under Dir. NewID names them.
type Folder struct {
	Dir   string
	NewID func() string
}

var safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// Keep takes a picture in, JPEG or PNG, and gives the reference to it. What is no
// picture, too large or broken is a *matter.Error of the field photo; any other
// error is of the disk.
func (f Folder) Keep(village, matterID string, r io.Reader) (ref string, err error) {
	dir, err := f.folder(village, matterID)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return "", fmt.Errorf("media: the picture ends too early: %w", err)
	}
	clean, err := redraw(data)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("media: %w", err)
	}
	name := f.NewID()
	if !safeName.MatchString(name) {
		return "", fmt.Errorf("media: %q is no name", name)
	}
	return Prefix + name + ".jpg", write(filepath.Join(dir, name+".jpg"), clean)
}

// write makes a file that is whole or not there.
func write(file string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("media: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// Open opens a picture by its reference; fs.ErrNotExist when there is none.
func (f Folder) Open(village, matterID, ref string) (*os.File, error) {
	dir, err := f.folder(village, matterID)
	name, ours := strings.CutPrefix(ref, Prefix)
	name, jpeg := strings.CutSuffix(name, ".jpg")
	if err != nil || !ours || !jpeg || !safeName.MatchString(name) {
		return nil, fs.ErrNotExist
	}
	return os.Open(filepath.Join(dir, name+".jpg"))
}

// Drop removes one picture: the act that it was for was refused.
func (f Folder) Drop(village, matterID, ref string) error {
	file, err := f.Open(village, matterID, ref)
	if err != nil {
		return nil // it is not there
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

func (f Folder) folder(village, matterID string) (string, error) {
	if !safeName.MatchString(village) || !safeName.MatchString(matterID) {
		return "", matter.Refuse(matter.NotFound, "", "there is no such matter")
	}
	return filepath.Join(f.Dir, village, matterID), nil
}

// Forget removes all pictures of matters whose words are erased (PIPL art. 47):
// when erase succeeds the pictures go. What a crash between the two leaves goes
// with the next Sweep.
func (f Folder) Forget(village string, matters []string, erase func() error) error {
	if err := erase(); err != nil {
		return err
	}
	var errs []error
	for _, id := range matters {
		errs = append(errs, f.drop(village, id))
	}
	return errors.Join(errs...)
}

func (f Folder) drop(village, matterID string) error {
	dir, err := f.folder(village, matterID)
	if err != nil {
		return nil // no picture can be there
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("media: the words are erased but a picture is not: %w", err)
	}
	return nil
}

// Sweep removes the pictures of all matters of which erased says that their words
// are gone, however they went: at her request, for their age, or again after a backup
// from before was restored.
func (f Folder) Sweep(erased func(village, matterID string) (bool, error)) error {
	folders, err := fs.Glob(os.DirFS(f.Dir), "*/*")
	for _, folder := range folders {
		village, id := path.Split(folder)
		village = path.Clean(village)
		gone, e := erased(village, id)
		if e == nil && gone {
			e = f.drop(village, id)
		}
		err = errors.Join(err, e)
	}
	return err
}
