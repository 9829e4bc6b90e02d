// Package linear sorts short texts under labels by a linear model over hashed
// character n-grams.
//
// There is no dictionary and no word segmentation: every run of one to four
// characters is a feature, and so is every run of two or three sounds, because
// people who type by ear write 路灯 as 路等 or "lu deng". A feature is hashed
// into a bucket; a bucket has one weight for each label. The weights are those
// of one linear support vector machine a label (dual coordinate descent, Hsieh
// et al. 2008), which needs no learning rate and gives the same bytes for the
// same input and seed. Scores become probabilities by one temperature a head,
// fitted on texts the model had not seen (Guo et al. 2017).
//
// A model has one or more heads (questions) that share the features: the service
// asks for code and urgency, a model of somebody else's table for one label.
package linear
