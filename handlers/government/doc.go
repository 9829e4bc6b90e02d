// Package government is the queue of government matters (政事): what only a
// department can do by law, within the time the law gives it.
//
// 李大爷's pension has not come. The secretary sees that the case is complete and
// approves it. An officer of the department that settles such matters takes it;
// an officer of the township takes any. If it is another department's, she mends
// the code; if it is not the government's at all, she returns it with a reason,
// also before anybody took it. The second return is the last: then the township
// says who does it, and nobody may send it back again. What the department
// answers is told to 李大爷, and he gives one to five.
//
// Nobody deliberates here: the village has nothing to decide.
package government
