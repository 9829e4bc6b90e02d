package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"syscall"

	"github.com/alecthomas/kong"

	_ "time/tzdata" // the villages' time zones, also where the system has none
)

// cli is the command line. A setting given as a flag wins over the environment,
// and that over the file.
type cli struct {
	Serve     serveCmd     `cmd:"" default:"withargs" help:"启动服务（不写命令时就是它）。 Run the service (this is what happens without a command)."`
	Classify  classifyCmd  `cmd:"" help:"给短信分类，一行一个 JSON。 Sort texts: JSON lines in, JSON lines out."`
	Train     trainCmd     `cmd:"" help:"训练分类模型。 Train a model from a labelled TSV file."`
	Eval      evalCmd      `cmd:"" help:"检验分类模型。 Measure a model on a labelled TSV file."`
	Link      linkCmd      `cmd:"" help:"给工作人员一个登录链接。 Make a one-time sign-in link for a member of staff."`
	Slack     slackCmd     `cmd:"" help:"接上 Slack。 What Slack needs to know of the app."`
	Rehearse  rehearseCmd  `cmd:"" help:"演练：用本村的设置试，什么都不发出去。 Try a village's own settings; nothing leaves, nothing stays."`
	Import    importCmd    `cmd:"" help:"导入村民或工作人员。 Add or update residents or staff from a CSV file."`
	Export    exportCmd    `cmd:"" help:"导出一个村的数据。 Write a village's matters, events and messages as CSV and JSON lines."`
	Doctor    doctorCmd    `cmd:"" help:"检查各项设置，说明怎么办。 Check everything the service leans on and say what to do."`
	Audit     auditCmd     `cmd:"" help:"核对记录。 Check the record."`
	Migrate   migrateCmd   `cmd:"" help:"升级数据库，或搬到另一个。 Bring the database up to date, or copy it into another."`
	Backup    backupCmd    `cmd:"" help:"备份到一个加密文件。 Write everything into one encrypted file."`
	BackupKey backupKeyCmd `cmd:"" help:"生成备份的密钥。 Make the key pair for backups."`
	Restore   restoreCmd   `cmd:"" help:"从备份恢复，或检查备份。 Restore a backup, or check one."`
	Simulate  simulateCmd  `cmd:"" help:"模拟一个县的一天，看撑不撑得住。 Run a county through a day or a storm and measure."`
	Health    healthCmd    `cmd:"" help:"问运行中的服务是否正常。 Ask the running service how it is (for containers)."`
	Version   versionCmd   `cmd:"" help:"版本。 Print the version."`
}

// settings are the flags of the configuration; key is the name in the environment.
type settings struct {
	Config       string `help:"TOML file with settings." placeholder:"FILE.toml" key:"config"`
	Addr         string `help:"Public address." placeholder:"127.0.0.1:8080" key:"SANSHI_ADDR"`
	InternalAddr string `help:"Address of metrics and health." placeholder:"127.0.0.1:8081" key:"SANSHI_INTERNAL_ADDR"`
	PublicURL    string `name:"public-url" help:"The address the outside calls." key:"SANSHI_PUBLIC_URL"`
	Data         string `help:"Data folder." placeholder:"./data" key:"SANSHI_DATA"`
	DatabaseURL  string `name:"database-url" help:"postgres://…; without it SQLite in the data folder." key:"SANSHI_DATABASE_URL"`
	RedisURL     string `name:"redis-url" help:"redis://…" key:"SANSHI_REDIS_URL"`
	Spool        string `help:"on when the data folder is persistent (Postgres only)." placeholder:"off" key:"SANSHI_SPOOL"`
	Villages     string `help:"Folder of village files; without it the demo village." key:"SANSHI_VILLAGES"`
	APIToken     string `name:"api-token" help:"Token of the API's administrator." key:"SANSHI_API_TOKEN"`
	SendInterval string `help:"Least time between two sends of one number, for each segment." placeholder:"1s" key:"SANSHI_SEND_INTERVAL"`
	Workers      string `help:"Texts handled at once." key:"SANSHI_WORKERS"`
	Log          string `help:"text or json." placeholder:"text" key:"SANSHI_LOG"`
}

// given lists the settings that were set as flags.
func (s settings) given() map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		if text := v.Field(i).String(); text != "" {
			out[v.Type().Field(i).Tag.Get("key")] = text
		}
	}
	return out
}

// surroundings are what a command sees of the world.
type surroundings struct {
	context.Context
	in       io.Reader
	out, err io.Writer
	environ  []string
}

// config is the configuration with a command's flags before all else.
func (s *surroundings) config(flags settings) (Config, error) {
	c, err := LoadConfig(flags.given(), s.environ)
	if err != nil {
		return c, usage{err}
	}
	return c, nil
}

// Exit codes.
const (
	fine   = 0
	failed = 1
	wrong  = 2 // wrong usage, or a bad setting
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program as a function: what it is given and what it returns.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errs io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("bot"), kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }),
		kong.Description("Sanshi (三事): resident requests in villages, by SMS and chat."))
	if err != nil {
		fmt.Fprintln(errs, err)
		return failed
	}
	k, err := parser.Parse(args)
	if exit >= 0 { // --help was asked for
		return exit
	}
	if err != nil {
		fmt.Fprintf(errs, "bot: %v; see bot --help\n", err)
		return wrong
	}
	s := &surroundings{Context: ctx, in: in, out: out, err: errs, environ: environ}
	if err := k.Run(s); err != nil {
		fmt.Fprintf(errs, "bot: %v\n", err)
		if isUsage(err) {
			return wrong
		}
		return failed
	}
	return fine
}
