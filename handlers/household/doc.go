// Package household is the queue of household matters (民事): what is between
// families and neighbours, and can be settled among them.
//
// 张婆婆 needs somebody to fetch her medicine. The secretary says yes, and the
// matter stands in the queue. A volunteer of her grid, the grid's lead or a
// mediator takes it; what two families quarrel about the lead or a mediator may
// first put before the group that deliberates (协商议事团), who either say how it
// is to be handled or decline it. Whoever has it does it and says how it ended:
// solved, mediated, guided to the right service, or not solved. It is not hers?
// She returns it, with a reason; the second time the township says whose it is.
// When it is done 张婆婆 gives one to five, and if it was not done well it goes
// back to the queue without asking the secretary again.
//
// Family matters, private debts, company for the lonely and injuries are private:
// only whom the secretary gives one to, and the village's sensitive staff, read it.
package household
